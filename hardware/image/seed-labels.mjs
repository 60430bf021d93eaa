import { folderOf, hostnameOf } from './seed-lib.mjs'

const style = `
@page { size: A4; margin: 10mm }
* { box-sizing: border-box }
body { margin: 0; color: #17324d; font-family: "Titillium Web", "Segoe UI", Roboto, Arial, sans-serif }
main { display: grid; grid-template-columns: 95mm 95mm; width: 190mm; margin: 0 auto }
section {
  height: 46mm; padding: 5mm 6mm; overflow: hidden; break-inside: avoid; display: flex; flex-direction: column;
  border: 0.2mm dashed #5b6f82; margin: 0 -0.2mm -0.2mm 0; overflow-wrap: anywhere
}
h2 { margin: 0; font-size: 22pt; line-height: 1.05; color: #000 }
section.long h2 { font-size: 11pt }
p { margin: 1.5mm 0 0; font-size: 12pt; line-height: 1.15 }
section.long p { font-size: 9pt }
.host { margin-top: auto; font: 9pt/1.2 Consolas, "DejaVu Sans Mono", monospace; color: #000 }
@media screen { body { padding: 10mm; background: #f5f5f5 } section { background: #fff } }
`

/** A page to print: a label for each card, to cut along the dashed lines. Nothing of it is secret. */
export function labelsPage(counters) {
  const labels = counters.map((one) => {
    const { municipality, office, counter } = one
    const long = folderOf(one).length > 44 ? ' class="long"' : ''
    return `<section${long}>
<h2>${escaped(office)} · ${escaped(counter)}</h2>
<p>${escaped(municipality)}</p>
<p class="host">${escaped(hostnameOf(one))}.local</p>
</section>
`
  })
  return `<!doctype html>
<html lang="it">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Faccina: etichette delle schede</title>
<style>${style}</style>
<main>
${labels.join('')}</main>
</html>
`
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
