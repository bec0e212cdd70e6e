// Begins the front end in the window.
import { mount } from 'svelte'
import './app.css'
import App from './App.svelte'
import { tauriBridge } from './bridge'

const bridge = tauriBridge()
const view = await bridge.view()
mount(App, { target: document.getElementById('app')!, props: { bridge, first: view } })
