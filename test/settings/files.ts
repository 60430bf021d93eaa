/** Settings files for the tests. */

/** The smallest file that is fine; each test adds its own lines below. */
export const smallest = `terminal:
  municipality: c_e506
  office: anagrafe
  counter: "3"
`

/** A file with many mistakes, and none with a secret in its name. */
export const secret = 'hunter2'

/** Wrong files in which somebody's password stands where it may be repeated by mistake. */
export const leaky: Record<string, string> = {
  'in the address': `broker:\n  url: mqtts://faccina:${secret}@broker.example:8883\n`,
  'in the address, with signs': `broker:\n  url: mqtts://faccina:p/a@${secret}@broker.example\n`,
  'in the query of the address': `broker:\n  url: mqtts://broker.example?password=${secret}\n`,
  'without a space after the colon': `broker:\n  url: mqtts://b.example\n  password:${secret}\n`,
  'alone without a space after the colon': `broker:\n  password:${secret}\n`,
  'in braces without a space': `broker: {password:${secret}}\n`,
  'taken for the rest of the address': `broker:\n  url: mqtts://b.example\n    password:${secret}\n`,
  'with a wrong indentation': `broker:\n  url: mqtts://b.example\n    password: ${secret}\n`,
  'taken for the rest of another text': `terminal:\n  office: x\n    password:${secret}\n`,
  'outside of its section': `password: ${secret}\n`,
  'under an unknown key': `broker:\n  passwort: ${secret}\n`,
  'in place of the section': `broker: mqtts://faccina:${secret}@broker.example\n`,
  'as a tag': `broker:\n  password: !${secret}\n`,
  'as an alias': `broker:\n  password: *${secret}\n`,
  'as a block': `broker:\n  password: |${secret}\n`,
  'after a sign of YAML': `broker:\n  password: @${secret}\n`,
  'quoted and open': `broker:\n  password: "${secret}\n`,
  'with a backslash': `broker:\n  password: "\\q${secret}"\n`,
  'as a list': `broker:\n  password: [${secret}]\n`,
  'far too long': `broker:\n  password: ${secret.repeat(200)}\n`,
  'beside its file': `broker:\n  password: ${secret}\n  passwordFile: /etc/x\n`,
  twice: `broker:\n  password: ${secret}\n  password: ${secret}\n`,
  'with a colon in it': `broker:\n  password: a: ${secret}\n`,
  'with leftovers behind it': `broker:\n  password: "x"${secret}\n`,
}
