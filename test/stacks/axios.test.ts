/** axios: its errors, whose fields hold functions (C13), and their codes (C14). */
import { expect, test } from 'vitest'
import { failingPeer } from './remote.ts'

interface Thrown extends Error {
  readonly code: unknown
  readonly status: unknown
  readonly config: { readonly url: string; readonly method: string }
  readonly response: { readonly status: number; readonly data: unknown; readonly headers: object }
}

const failure = async (call: Promise<unknown>): Promise<Thrown> =>
  call.then(
    () => expect.fail('it did not reject'),
    (error: unknown) => error as Thrown,
  )

test('C13: of an AxiosError that a worker throws, what can be sent arrives', async () => {
  const remote = await failingPeer()
  const error = await failure(remote.fetchNone())
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({ name: 'AxiosError', message: 'Request failed with status code 404' })
  expect(error.status).toBe(404)
  expect(error.response).toMatchObject({
    status: 404,
    statusText: 'Not Found',
    data: { reason: 'no such user' },
  })
  expect(error.config).toMatchObject({ url: 'https://api.example/users/1', method: 'get' })
})

test('C14: its code is its own', async () => {
  const remote = await failingPeer()
  expect((await failure(remote.fetchNone())).code).toBe('ERR_BAD_REQUEST')
})

test('C13: the same within a result', async () => {
  const remote = await failingPeer()
  const [outcome] = (await remote.fetchAll()) as readonly [{ status: string; reason: Thrown }]
  expect(outcome.status).toBe('rejected')
  expect(outcome.reason.response).toMatchObject({ status: 404, data: { reason: 'no such user' } })
})
