// No screen holds much more memory than the idle app: what a page made is gone when the next one is there.
import { expect, test } from 'vitest'
import { cdp } from 'vitest/browser'
import { gallery, passkeys, scenes } from './gallery'
import { perform, stage } from './stage'

interface Devtools {
  send(method: 'HeapProfiler.collectGarbage'): Promise<unknown>
  send(method: 'Runtime.getHeapUsage'): Promise<{ usedSize: number; backingStorageSize: number }>
}

const megabyte = 1_000_000
const most = 50
/** With so little nobody has to look closer. */
const enough = 20

/** Megabytes that scripts hold. What is unused counts too, unless it is collected first, which takes its time. */
async function held(collect: boolean): Promise<number> {
  const devtools = cdp() as unknown as Devtools
  if (collect) await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize, backingStorageSize } = await devtools.send('Runtime.getHeapUsage')
  return (usedSize + backingStorageSize) / megabyte
}

/** Everything from top to bottom, so that all of it was fetched and drawn once. */
async function scrollThrough() {
  const list = document.querySelector<HTMLElement>('[role=listbox]')
  if (!list) return
  for (let part = 0; part <= 100; part += 1) {
    list.scrollTop = (list.scrollHeight * part) / 100
    await new Promise(requestAnimationFrame)
  }
}

test(`no screen holds more than ${most} MB over the idle app, with ten thousand of everything`, async () => {
  const resting = stage(gallery['ways-in']!)
  const idle = await held(true)
  resting.end()
  const over: [string, number][] = []
  for (const scene of scenes.filter(({ name }) => /^(safety|activity|settings|help|passkeys|restore-plan)/.test(name))) {
    const app = scene.name === 'passkeys' ? stage(scene.view, passkeys(10_000)) : await perform(scene)
    await new Promise(requestAnimationFrame)
    await scrollThrough()
    let more = (await held(false)) - idle
    if (more > enough) more = (await held(true)) - idle
    over.push([scene.name, more])
    app.end()
  }
  const [name, largest] = over.reduce((most, next) => (next[1] > most[1] ? next : most))
  console.log(`the most over the idle app: ${largest.toFixed(1)} MB, ${name}`)
  expect(largest).toBeLessThan(most)
}, 120_000)
