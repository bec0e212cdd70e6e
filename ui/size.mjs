// What the front end weighs, gzipped, with each language: everything that is loaded for it, of all pages together.
// Fails above what is promised.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const promised = 150_000
const folder = new URL('dist/', import.meta.url)

const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
const weights = files.map((file) => ({
  language: /^(ar|de|ja|pseudo)-[\w-]+\.js$/.exec(file.name)?.[1],
  bytes: gzipSync(readFileSync(`${file.parentPath}/${file.name}`)).length,
}))
const weight = (language) =>
  weights.filter((file) => !file.language || file.language === language).reduce((sum, file) => sum + file.bytes, 0)

const languages = ['en', ...new Set(weights.flatMap((file) => file.language ?? []))]
for (const language of languages) {
  console.log(`front end, ${language}: ${(weight(language) / 1000).toFixed(1)} kB gzipped, ${promised / 1000} allowed`)
}
if (languages.some((language) => weight(language) > promised)) process.exit(1)
