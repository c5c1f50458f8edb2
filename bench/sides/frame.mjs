// The answering side in an iframe; the address says for which peer, and the origin of the other side.
import { peerOf } from '../peers/all.mjs'
import { answerInFrame } from './answer.mjs'

const { peer, origin } = Object.fromEntries(new URLSearchParams(location.search))
answerInFrame(peerOf(peer), origin)
