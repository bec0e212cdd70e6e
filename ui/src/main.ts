// Begins the front end in the window.
import { mount } from 'svelte'
import './app.css'
import App from './App.svelte'
import { tauriBridge } from './bridge'
import { useLanguage } from './text'

const bridge = tauriBridge()
const view = await bridge.view()
await useLanguage('system')
mount(App, { target: document.getElementById('app')!, props: { bridge, first: view } })
