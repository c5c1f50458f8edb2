// The lines of SHA-256 with which the page's worker hashes files.
import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Sha256 } from '../../playground/peers/sha256.ts'

const hashOf = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

test('its hash is that of node:crypto, for every length around the ends of blocks', () => {
  const data = randomBytes(260)
  for (let length = 0; length <= data.length; length++) {
    const sha = new Sha256()
    sha.update(data.subarray(0, length))
    expect([length, sha.hex()]).toEqual([length, hashOf(data.subarray(0, length))])
  }
})

test('its hash does not depend on the pieces', () => {
  const data = randomBytes(100_000)
  for (let round = 0; round < 20; round++) {
    const sha = new Sha256()
    for (let at = 0; at < data.length;) {
      const length = Math.floor(Math.random() * 300)
      sha.update(data.subarray(at, at + length))
      at += length
    }
    expect(sha.hex()).toBe(hashOf(data))
  }
})

test('its length field takes more than 32 bits', { timeout: 120_000 }, () => {
  const piece = new Uint8Array(1 << 20)
  const sha = new Sha256()
  const expected = createHash('sha256')
  for (let megabytes = 0; megabytes < 513; megabytes++) {
    sha.update(piece)
    expected.update(piece)
  }
  expect(sha.hex()).toBe(expected.digest('hex'))
})
