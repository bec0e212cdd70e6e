// Begins the front end in the window.
import { mount } from 'svelte'
import './app.css'
import { tauriBridge } from './bridge'
import { tauriBridge as doorBridge } from './opening/bridge'
import Root from './Root.svelte'
import { languageOf, useLanguage } from './text'

const bridge = tauriBridge()
const door = doorBridge()
const first = await door.opening()
const view = first.step.is === 'open' ? await bridge.view() : undefined
await useLanguage(languageOf(view?.settings ?? first.look))
mount(Root, { target: document.getElementById('app')!, props: { bridge, door, first, view } })
