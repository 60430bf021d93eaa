/**
 * sbom.mjs ROOT PACKAGE-LOCK NAME
 *
 * The software bill of materials of the image, SPDX 2.3 as JSON (https://spdx.github.io/spdx-spec/v2.3): what dpkg says is
 * in ROOT, and of the npm packages of the lock file those that are in /usr/lib/faccina. The same for the same image.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [root, lockFile, name] = process.argv.slice(2)
const created = new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString().replace('.000Z', 'Z')

/** The paragraphs of a control file, with the first line of each field. */
function paragraphs(text) {
  return text
    .split(/\n{2,}/)
    .map((paragraph) =>
      Object.fromEntries(
        [...paragraph.matchAll(/^([A-Za-z-]+): (.*)$/gm)].map(([, key, value]) => [key, value]),
      ),
    )
}

/** An SPDX identifier may have letters, digits, points and dashes only. */
const spdxId = (...parts) => `SPDXRef-${parts.join('-').replace(/[^A-Za-z0-9.-]+/g, '-')}`

function described(id, name, version, purl, facts) {
  return {
    SPDXID: id,
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: 'NOASSERTION',
    copyrightText: 'NOASSERTION',
    ...facts,
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
  }
}

function debianPackages() {
  const status = readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8')
  return paragraphs(status)
    .filter(({ Status }) => Status === 'install ok installed')
    .map(({ Package, Version, Architecture, Maintainer, Homepage, Source }) => {
      const source = Source === undefined ? '' : `, built from the source ${Source}`
      return described(
        spdxId('deb', Package, Architecture),
        Package,
        Version,
        `pkg:deb/debian/${encodeURIComponent(Package)}@${encodeURIComponent(Version)}?arch=${Architecture}`,
        {
          supplier: `Person: ${Maintainer}`,
          ...(Homepage && { homepage: Homepage }),
          sourceInfo: `a package of dpkg${source}`,
        },
      )
    })
}

function npmPackages() {
  const lock = JSON.parse(readFileSync(lockFile, 'utf8'))
  const home = join(root, 'usr/lib/faccina')
  // Most are in the program's own files.
  const within = JSON.parse(readFileSync(join(home, 'dist/packages.json'), 'utf8'))
  return Object.entries(lock.packages)
    .filter(
      ([path]) => within.includes(path) || (path !== '' && existsSync(join(home, path, 'package.json'))),
    )
    .map(([path, { version, resolved, integrity, license }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
      const hash = /^sha512-(.+)$/.exec(integrity ?? '')?.[1]
      return described(spdxId('npm', path), name, version, `pkg:npm/${name.replace('@', '%40')}@${version}`, {
        downloadLocation: resolved ?? 'NOASSERTION',
        ...(license && /^[A-Za-z0-9.+-]+$/.test(license) && { licenseDeclared: license }),
        ...(hash && {
          checksums: [{ algorithm: 'SHA512', checksumValue: Buffer.from(hash, 'base64').toString('hex') }],
        }),
      })
    })
}

const byId = (a, b) => (a.SPDXID < b.SPDXID ? -1 : 1)
const packages = [...debianPackages().sort(byId), ...npmPackages().sort(byId)]
const image = {
  ...described('SPDXRef-image', name, packages.find((one) => one.name === 'faccina').versionInfo, '', {
    primaryPackagePurpose: 'OPERATING-SYSTEM',
  }),
}
delete image.externalRefs
const inside = packages.map(({ SPDXID }) => ({
  spdxElementId: 'SPDXRef-image',
  relationshipType: 'CONTAINS',
  relatedSpdxElement: SPDXID,
}))
const digest = createHash('sha256').update(JSON.stringify(packages)).digest('hex')
const document = {
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name,
  documentNamespace: `https://spdx.org/spdxdocs/${name}-${digest.slice(0, 32)}`,
  creationInfo: { created, creators: ['Tool: faccina-hardware-image-build'] },
  packages: [image, ...packages],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-image' },
    ...inside,
  ],
}
process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
