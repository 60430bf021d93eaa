import { setImmediate } from 'node:timers/promises'
import { SerialPortMock } from 'serialport'
import type { OpenSerialOptions } from '../../src/panels/serial/open-serial.ts'
import type { NextionModel } from './nextion-model.ts'

/** serialport's mock binding as a line to a model of the display; more than one port may be opened in turn. */
export function lineTo(model: NextionModel, path = '/dev/ttyUSB9') {
  SerialPortMock.binding.createPort(path)
  let port: SerialPortMock | undefined
  const line = {
    path,
    opened: 0,
    /** The port that is open now, for tests that break it. */
    get port(): SerialPortMock {
      if (!port) throw new Error('no port has been opened')
      return port
    },
    make: ((options) => {
      const made = new SerialPortMock(options)
      made.on('open', () => {
        port = made
        line.opened++
        model.theirSpeed = () => made.settings.baudRate
        made.port!.write = async (bytes) => {
          // As on a wire: the answer comes later.
          await setImmediate()
          model.receive(bytes)
        }
      })
      model.send = (bytes) => {
        if (port?.isOpen) port.port!.emitData(Buffer.from(bytes))
      }
      return made
    }) as NonNullable<OpenSerialOptions['make']>,
  }
  return line
}
