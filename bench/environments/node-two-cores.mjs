import { measureInNode } from '../hosts/node.mjs'

/** Wherever the system puts the threads, so sequential rows have two modes by chance. */
export const nodeTwoCores = {
  name: 'node-two-cores',
  title: 'Node thread, two cores',
  kind: 'thread',
  rows: 'all',
  slices: 'all',
  cores: 'all',
  measure: measureInNode,
}
