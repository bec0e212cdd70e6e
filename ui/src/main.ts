// Begins the front end in the window.
import { mount } from 'svelte'
import './app.css'
import App from './App.svelte'
import { tauriBridge } from './bridge'
import { languageOf, useLanguage } from './text'

const bridge = tauriBridge()
const view = await bridge.view()
await useLanguage(languageOf(view.settings))
mount(App, { target: document.getElementById('app')!, props: { bridge, first: view } })
