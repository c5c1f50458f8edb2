/** React: remotes in state and refs (C18). */
import { act, createContext, createElement, useContext, useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connected, type Peer } from './remote.ts'

type Counter = Awaited<ReturnType<Peer['counter']>>

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

let root: ReturnType<typeof createRoot>
let failures: unknown[] = []
beforeEach(() => {
  failures = []
  root = createRoot(document.createElement('div'), { onUncaughtError: (error) => failures.push(error) })
})
afterEach(() => act(() => root.unmount()))

async function render(component: () => null): Promise<void> {
  await act(async () => root.render(createElement(component)))
}

test('C18: setState(remote) stores it and does not call it', async () => {
  const remote = await connected()
  const counter = await remote.counter()
  let held: Counter | null = null
  await render(() => {
    const [state, setState] = useState<Counter | null>(null)
    useEffect(() => setState(counter), [])
    held = state
    return null
  })
  expect(failures).toEqual([])
  expect(typeof held).toBe('object')
  expect(await (held as unknown as Counter).add(2)).toBe(2)
})

test('C18: a remote that `new` made is stored, too, and so is one given to useState', async () => {
  const remote = await connected()
  const made = (await new remote.Counter()) as unknown as Counter
  const held: (Counter | null)[] = []
  await render(() => {
    const [first] = useState(made)
    const [later, setLater] = useState<Counter | null>(null)
    useEffect(() => setLater(made), [])
    held.push(first, later)
    return null
  })
  expect(failures).toEqual([])
  expect(held.at(-1) === made && held[0] === made).toBe(true)
  expect(await held[0]?.add(1)).toBe(1)
})

test('C18: a remote in a ref, a context and props works', async () => {
  const remote = await connected()
  const counter = await remote.counter()
  const Context = createContext(counter)
  const sums: Promise<number>[] = []
  const Child = ({ remote: given }: { remote: Counter }): null => {
    const kept = useRef(given)
    const found = useContext(Context)
    useEffect(() => void sums.push(kept.current.add(1), found.add(1), given.add(1)), [found, given])
    return null
  }
  await render((() => createElement(Child, { remote: counter })) as never)
  expect(failures).toEqual([])
  expect(await Promise.all(sums)).toEqual([1, 2, 3])
})

test('C18: useState(() => remote) stores what wrap() returned', async () => {
  const remote = await connected()
  let held: Peer | undefined
  await render(() => {
    const [state] = useState(() => remote)
    held = state
    return null
  })
  expect(failures).toEqual([])
  expect(await held?.add(1, 2)).toBe(3)
})

test('C18: useState(wrap(worker)) calls it, and the error says how to store it', async () => {
  const remote = await connected()
  let held: unknown
  await render(() => {
    ;[held] = useState(remote as unknown)
    return null
  })
  const error = failures[0] ?? (await Promise.resolve(held).catch((reason: unknown) => reason))
  expect(error).toBeInstanceOf(Error)
  const { message } = error as Error
  expect(message).not.toMatch(/not found: $/)
  expect(message).toMatch(/\(\) => /)
})
