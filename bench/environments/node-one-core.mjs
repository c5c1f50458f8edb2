import { measureInNode } from '../hosts/node.mjs'

/** Both threads on one processor: what a call costs, without what two processors gain. */
export const nodeOneCore = {
  name: 'node-one-core',
  title: 'Node thread, one core',
  kind: 'thread',
  rows: 'all',
  slices: 'all',
  cores: 'one',
  measure: measureInNode,
}
