/** Immer: drafts as params (C04), which are revoked when the recipe ends. */
import { createDraft, finishDraft, produce } from 'immer'
import { expect, test } from 'vitest'
import { testCopies, testRefusal } from './copied.ts'
import { connected } from './remote.ts'

const data = () => ({ a: 1, nested: { list: [1, { b: 'two' }], none: null } })

testCopies([
  {
    name: 'a draft',
    with: (use) => {
      produce(data(), (draft) => {
        use(draft, () => {
          draft.a = 2
          draft.nested.list.push('later' as never)
        })
      })
    },
    plain: data(),
  },
  {
    name: 'a changed draft',
    with: (use) => {
      const draft = createDraft(data())
      draft.a = 3
      draft.nested.list.pop()
      use(draft, () => (draft.a = 4))
      finishDraft(draft)
    },
    plain: { a: 3, nested: { list: [1], none: null } },
  },
  {
    name: 'the frozen state that it makes',
    with: (use) =>
      use(
        produce(data(), (draft) => void (draft.a = 5)),
        () => {},
      ),
    plain: { ...data(), a: 5 },
  },
])

testRefusal('a draft', createDraft({ nested: { symbol: Symbol('x') } }))

test('C18: a remote in a draft stays what it is', async () => {
  const remote = await connected()
  const counter = await remote.counter()
  const state = produce({ counter: null as typeof counter | null }, (draft) => {
    draft.counter = counter
  })
  expect(await state.counter?.add(1)).toBe(1)
})
