// Begins the front end in the window of a request that a program handed over.
import { mount } from 'svelte'
import '../app.css'
import { languageOf, useLanguage } from '../text'
import { useTheme } from '../theme'
import { tauriBridge } from './bridge'
import Request from './Request.svelte'

const bridge = tauriBridge()
const view = await bridge.view()
await useLanguage(languageOf(view.look))
useTheme(view.look.theme)
mount(Request, { target: document.getElementById('app')!, props: { bridge, first: view } })
