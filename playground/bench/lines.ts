// The lines of the page: which row of the suite, by which of our doors.
import type { PeerName } from './suite.mjs'

export interface Line {
  readonly id: string
  readonly title: string
  readonly about: string
  /** Its name in the suite. */
  readonly row: string
  readonly ours: PeerName
}

const line = (id: string, title: string, about: string, more: Partial<Line> = {}): Line => ({
  id,
  title,
  about,
  row: id,
  ours: 'portcall-wrap',
  ...more,
})

export const lines: readonly Line[] = [
  line('invoke', 'One by one, invoke', 'rpc.invoke(…), one call after the other', {
    row: 'sequential',
    ours: 'portcall-invoke',
  }),
  line('wrap', 'One by one, wrap', 'remote.echo(…), one call after the other', { row: 'sequential' }),
  line('burst-1000', '1,000 at once', 'a number and a string each'),
  line('burst-10000', '10,000 at once', 'a number and a string each'),
  line('notifications', 'Notifications', '1,000, then one call that counts them'),
  line('object-1kB', '1 kB object', 'one call after the other'),
  line('object-100kB', '100 kB object', 'one call after the other'),
  line('buffer-cloned', '10 MB, cloned', 'a buffer, copied to the other side'),
  line('buffer-transferred', '10 MB, moved', 'a buffer, transferred there and back'),
  line('stream', 'Stream', 'an async generator, against batches posted by hand'),
]
