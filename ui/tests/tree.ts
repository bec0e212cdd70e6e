// What a screen reader is told: the accessibility tree as the browser makes it.
import { cdp } from 'vitest/browser'

interface Node {
  nodeId: string
  ignored: boolean
  childIds?: string[]
  role?: { value: string }
  name?: { value: string }
  value?: { value: string | number }
}

interface Frame {
  frame: { id: string; url: string }
  childFrames?: Frame[]
}

interface Devtools {
  send(method: 'Accessibility.enable'): Promise<unknown>
  send(method: 'Page.getFrameTree'): Promise<{ frameTree: Frame }>
  send(method: 'Accessibility.getFullAXTree', params: { frameId: string }): Promise<{ nodes: Node[] }>
}

const told = [
  'heading', 'button', 'textbox', 'radio', 'checkbox', 'spinbutton', 'progressbar', 'alert', 'status', 'meter', 'combobox',
  'DisclosureTriangle', 'listitem', 'table', 'listbox', 'image', 'term',
]

/** Roles and names below `main`, in their order, as `role “name”`; of a listitem its text. */
export async function tree(): Promise<string[]> {
  const devtools = cdp() as unknown as Devtools
  await devtools.send('Accessibility.enable')
  const { frameTree } = await devtools.send('Page.getFrameTree')
  const frames = (frame: Frame): Frame[] => [frame, ...(frame.childFrames ?? []).flatMap(frames)]
  const own = frames(frameTree).find(({ frame }) => frame.url === location.href)
  if (!own) throw new Error('the frame of the test is not there')
  const { nodes } = await devtools.send('Accessibility.getFullAXTree', { frameId: own.frame.id })
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  const lines: string[] = []
  const walk = (node: Node | undefined, within: boolean) => {
    if (!node) return
    const role = node.role?.value ?? ''
    const inMain = within || role === 'main'
    if (inMain && !node.ignored && told.includes(role)) lines.push(line(role, node))
    node.childIds?.forEach((id) => walk(byId.get(id), inMain))
  }
  walk(nodes[0], false)
  return lines

  function textOf(node: Node): string {
    if (node.role?.value === 'StaticText') return node.name?.value ?? ''
    return (node.childIds ?? []).map((id) => byId.get(id)).map((child) => (child ? textOf(child) : '')).join('')
  }

  function line(role: string, node: Node): string {
    const name = role === 'listitem' || role === 'term' || role === 'alert' || role === 'status' ? textOf(node) : (node.name?.value ?? '')
    const value = role === 'progressbar' ? ` ${node.value?.value ?? ''}` : ''
    return `${role} “${name.replace(/\s+/g, ' ').trim()}”${value}`
  }
}
