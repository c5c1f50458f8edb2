import { expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { type Opener, rejection, settled } from './fixture.ts'
import { callAtOnce, meeting } from './service.ts'

export function flow({ open, tap }: Opener<'service'>): void {
  test('notifications arrive in order and are not answered', async () => {
    const { rpc, posted, received } = await tap('service', { coalesce: false })
    await settled(rpc)
    const before = { posted: posted.length, received: received.length }
    const entries = Array.from({ length: 100 }, (_, i) => i)
    for (const i of entries) rpc.notify('note', [i])
    await rpc.invoke('note', ['by isNotify'], { isNotify: true })
    rpc.notify('no.such')
    rpc.notify('fail', ['nobody hears'])
    expect(await rpc.invoke('noted')).toEqual([...entries, 'by isNotify'])
    expect(posted).toHaveLength(before.posted + entries.length + 4)
    expect(received).toHaveLength(before.received + 1)
  })

  test('requests, notifications and batches are handled in the order in which they were made', async () => {
    const { rpc } = await open('service')
    const made: unknown[] = []
    const answers: Promise<unknown>[] = []
    const make = (round: number): void => {
      for (const kind of ['request', 'notification', 'batch']) {
        const entry = `${kind} ${round}`
        made.push(entry)
        if (kind === 'request') answers.push(rpc.invoke('note', [entry]))
        else if (kind === 'notification') rpc.notify('note', [entry])
        else answers.push(rpc.batch((call) => [call('note', [entry])]))
      }
    }
    for (let round = 0; round < 10; round++) make(round)
    await rpc.connect()
    for (let round = 10; round < 20; round++) make(round)
    await Promise.all(answers)
    expect(await rpc.invoke('noted')).toEqual(made)
  })

  test('a batch is one message each way, and one failing entry does not take the others with it', async () => {
    const { rpc, posted, received } = await tap('service')
    await settled(rpc)
    const before = { posted: posted.length, received: received.length }
    const [sum, failed, unsendable, nothing] = await rpc.batch((call) => {
      call.notify('note', ['in a batch'])
      return [call('add', [1, 2]), rejection(call('refuse')), rejection(call('unsendable')), call('nothing')]
    })
    expect(sum).toBe(3)
    expect(failed).toMatchObject({ code: 1234, message: 'refused', data: { field: 'name' } })
    expect(unsendable).toMatchObject({ code: ErrorCode.INTERNAL_ERROR })
    expect(nothing).toBe(undefined)
    expect(posted.slice(before.posted)).toEqual([expect.toSatisfy((sent: unknown[]) => sent.length === 5)])
    expect(received.slice(before.received)).toEqual([
      expect.toSatisfy((answers: unknown[]) => answers.length === 4),
    ])
    expect(await rpc.invoke('noted')).toEqual(['in a batch'])
  })

  test('a batch of notifications alone is not answered', async () => {
    const { rpc, received } = await tap('service')
    await settled(rpc)
    const before = received.length
    await rpc.batch((call) => {
      call.notify('note', [1])
      call.notify('note', [2])
      return []
    })
    expect(await rpc.invoke('noted')).toEqual([1, 2])
    expect(received).toHaveLength(before + 1)
  })

  test('200 calls each way run at the same time, and each gets its own answer', async () => {
    const { rpc } = await open('service', { methods: { meet: meeting() } })
    const doubles = Array.from({ length: 200 }, (_, i) => i * 2)
    const theirs = rpc.invoke('callBack', [200])
    const ours = callAtOnce(rpc, 200)
    expect(await ours).toEqual(doubles)
    expect(await theirs).toEqual(doubles)
  })

  test('S55: calls back into calls back, 50 deep, are answered', async () => {
    const { rpc } = await open('service')
    rpc.registerMethod('bounce', async (left: number): Promise<number> =>
      left === 0 ? 0 : 1 + (await rpc.invoke<number>('bounce', [left - 1])),
    )
    expect(await rpc.invoke('bounce', [50])).toBe(50)
  })
}
