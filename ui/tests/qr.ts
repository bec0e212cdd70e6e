// A code as a phone scans it, recorded once, as the app draws it.

/** What it says. */
export const link =
  'FIDO:/193195322559694460576487814987276660116326466763855704954838075574086801641131484392164019886208260945106861832036621700060957003327032235245946536854274109321447142404'

/** Its modules, a row each, the first in the highest bit. */
const rows = [
  '1fd30ca267f',
  '10404af5941',
  '1752d26925d',
  '17532fae65d',
  '175694ec95d',
  '104d7154841',
  '1fd5555557f',
  '000b34a4a00',
  '1e50af8969d',
  '11a2a2007d2',
  '097c9966b28',
  '1fb915dd264',
  '1f50761c47e',
  '101a40839e4',
  '1b75c25d6b6',
  '07b9e5ae842',
  '145fcb20076',
  '02a8ea5854d',
  '19780c92c8a',
  '081025c4d68',
  '0e6a966e189',
  '1eacfc93c00',
  '13f46900ce6',
  '1f1f60f8a2a',
  '1dea0db7ed3',
  '101e8a04d45',
  '1dd840052f1',
  '1b95a4b1fd7',
  '046f3a66b18',
  '0ca896295dc',
  '13f0fd5609a',
  '042e0134067',
  '0ffd96803f3',
  '001c2437512',
  '1fc86992b54',
  '104ac1e7f1e',
  '174127ae1f0',
  '175719b441e',
  '175e7079907',
  '105a1492813',
  '1fdca865c70',
]

const size = rows.length
const border = 4

/** Its picture: dark modules as one path, as wide as they are in a row. */
export const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size + 2 * border} ${size + 2 * border}" shape-rendering="crispEdges"><path fill="#000" d="${rows
  .flatMap((row, y) =>
    [...BigInt(`0x${row}`).toString(2).padStart(size, '0').matchAll(/1+/g)].map(
      (run) => `M${run.index + border} ${y + border}h${run[0].length}v1h-${run[0].length}z`,
    ),
  )
  .join('')}"/></svg>`
