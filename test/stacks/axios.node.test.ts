/** axios in a Node thread, against a real server: its response and request are Node's own objects (C13). */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failingPeer } from './remote.ts'

const server = createServer((_, response) => {
  response.writeHead(404, { 'content-type': 'application/json' })
  response.end('{ "reason": "no such user" }')
})
let url = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/users/1`
})
afterAll(() => void server.close())

test('C13, C14: an answer of 404 arrives with its status, data and code', async () => {
  const remote = await failingPeer()
  await expect(remote.fetchFrom(url)).rejects.toMatchObject({
    name: 'AxiosError',
    code: 'ERR_BAD_REQUEST',
    response: { status: 404, data: { reason: 'no such user' } },
    config: { url },
  })
})

test('C14: a refused connection arrives with the code of Node', async () => {
  const remote = await failingPeer()
  await expect(remote.fetchFrom('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})
