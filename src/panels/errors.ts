/** Something that the technician has to look at: a wire, a chip, a module, a group, a line of config.txt. */
export class HardwareError extends Error {
  override name = 'HardwareError'
}
