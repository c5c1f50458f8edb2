import { transfer } from '../../../src/index.ts'

type Give = (value: unknown) => Promise<unknown>

/** A buffer of the bytes 1, 2, 3, … */
export const bytes = (length: number): ArrayBuffer => Uint8Array.from({ length }, (_, i) => i + 1).buffer

/** The bytes in a buffer, to be compared. */
export const listOf = (buffer: ArrayBuffer): number[] => [...new Uint8Array(buffer)]

export const transferMethods = (): object => {
  const given: ArrayBuffer[] = []
  const make = (length: number): ArrayBuffer => {
    const buffer = bytes(length)
    given.push(buffer)
    return buffer
  }
  return {
    listOf,
    sizes: (...buffers: ArrayBuffer[]) => buffers.map((buffer) => buffer.byteLength),
    image: ({ image }: { image: { width: number; data: Uint8Array } }) => [image.width, ...image.data],
    give(length: number) {
      const buffer = make(length)
      return { deep: [transfer({ buffer }, [buffer])] }
    },
    async *gives(length: number) {
      for (let i = 0; i < 3; i++) {
        const buffer = make(length)
        yield transfer(buffer, [buffer])
      }
    },
    async takes(items: AsyncIterable<ArrayBuffer>) {
      const all: number[][] = []
      for await (const buffer of items) all.push(listOf(buffer))
      return all
    },
    giveTo(take: Give, length: number) {
      const buffer = make(length)
      return take(transfer(buffer, [buffer]))
    },
    takeFrom: async (give: () => Promise<ArrayBuffer>) => listOf(await give()),
    /** Of what was given, how much is left here. */
    left: () => given.map(({ byteLength }) => byteLength),
    giveBeside(length: number) {
      const buffer = make(length)
      return { list: [transfer(buffer, [buffer]), Symbol('x')] }
    },

    usePort(port: MessagePort) {
      answerDoubled(port)
    },
    makePort() {
      const { port1, port2 } = new MessageChannel()
      answerDoubled(port1)
      return { deep: [port2] }
    },
  }
}

/** Answer one number by its double, and close. */
function answerDoubled(port: MessagePort): void {
  port.onmessage = ({ data }: MessageEvent<number>) => {
    port.postMessage(data * 2)
  }
}
