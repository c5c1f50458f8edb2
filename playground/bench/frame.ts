// The answering side in an iframe, for the page only.
import { origins } from '../origins.ts'
import { answerInFrame, peerOf } from './suite.mjs'

answerInFrame(peerOf(new URLSearchParams(location.search).get('peer') ?? ''), origins.page)
