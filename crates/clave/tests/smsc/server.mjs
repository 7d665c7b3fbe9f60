// An SMSC for the tests: the npm package `smpp`, told how to behave.
//
// Prints its port, then one JSON line for each bind, message, answered receipt and unbind. Reads commands from standard input, one JSON object a line:
// {"receipt": {"id", "text", "tlvs"}} sends one. Ends when its standard input does.

import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { readFileSync } from 'node:fs'
import smpp from 'smpp'

const { values: told } = parseArgs({
  options: {
    // accept | hang | refuse | throttle | drop (after the message came) | deaf (no bind is answered) | silent (stops answering anything after the bind) |
    // status:N (each message gets that status) | long-id (its id has 80 characters) | open-id (its id has no end)
    behaviour: { type: 'string', default: 'accept' },
    password: { type: 'string', default: 'secreto' },
    // What becomes of each message: a stat (DELIVRD, UNDELIV...), at once after the answer; "early" before it; "twice".
    receipts: { type: 'string', default: 'none' },
    stat: { type: 'string', default: 'DELIVRD' },
    ids: { type: 'string', default: 'same' },
    key: { type: 'string' },
    certificate: { type: 'string' },
  },
})

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`)
const sessions = new Set()
let count = 0

function statusOf(behaviour) {
  switch (behaviour) {
    case 'refuse': return smpp.ESME_RINVDSTADR
    case 'throttle': return smpp.ESME_RTHROTTLED
    default: return behaviour.startsWith('status:') ? Number(behaviour.slice(7)) : smpp.ESME_ROK
  }
}

function deliver(session, receipt) {
  const { text, tlvs = {}, esm_class = 4, source = '56912345678' } = receipt
  session.deliver_sm(
    { source_addr: source, destination_addr: 'CLAVE', esm_class, short_message: Buffer.from(text, 'latin1'), ...tlvs },
    (answer) => say({ receipt_answered: answer.command_status, id: receipt.id }),
  )
}

function receiptText(id) {
  return `id:${id} sub:001 dlvrd:001 submit date:2606151200 done date:2606151201 stat:${told.stat} err:000 text:Clave`
}

function onMessage(session, pdu) {
  const number = ++count
  const octets = Buffer.isBuffer(pdu.short_message.message) ? pdu.short_message.message : Buffer.from(pdu.short_message.message ?? '', 'latin1')
  say({
    to: pdu.destination_addr, from: pdu.source_addr, source_ton: pdu.source_addr_ton, source_npi: pdu.source_addr_npi, dest_ton: pdu.dest_addr_ton,
    dest_npi: pdu.dest_addr_npi, data_coding: pdu.data_coding, esm_class: pdu.esm_class, registered_delivery: pdu.registered_delivery,
    // The package has decoded the text by its data_coding already; a header stands apart.
    text: Buffer.isBuffer(pdu.short_message.message) ? octets.toString('hex') : pdu.short_message.message,
    udh: pdu.short_message.udh ? pdu.short_message.udh.map((part) => Buffer.from(part).toString('hex')) : null,
    payload: pdu.message_payload ? (pdu.message_payload.message ?? pdu.message_payload).toString() : null,
    reference: pdu.user_message_reference ?? null,
  })
  if (told.behaviour === 'hang' || told.behaviour === 'silent') return
  if (told.behaviour === 'drop') { session.socket.destroy(); return }
  const status = statusOf(told.behaviour)
  const inAnswer = told.ids === 'hex' ? number.toString(16).padStart(8, '0').toUpperCase() : `m-${number}`
  const inReceipt = told.ids === 'hex' ? String(number).padStart(10, '0') : inAnswer
  const unreadable = { 'long-id': Buffer.concat([Buffer.alloc(80, 0x61), Buffer.alloc(1)]), 'open-id': Buffer.from('m-1') }[told.behaviour]
  const answer = () => unreadable ? session.socket.write(submitAnswer(pdu.sequence_number, unreadable)) : session.send(pdu.response(status === smpp.ESME_ROK ? { message_id: inAnswer } : { command_status: status }))
  const receipt = () => deliver(session, { id: inReceipt, text: receiptText(inReceipt) })
  if (told.receipts === 'early') receipt()
  answer()
  if (status !== smpp.ESME_ROK || !pdu.registered_delivery) return
  if (told.receipts === 'after' || told.receipts === 'twice') receipt()
  if (told.receipts === 'twice') receipt()
}

// What the package would not write: a submit_sm_resp with these octets for the id.
function submitAnswer(sequence, id) {
  const header = Buffer.alloc(16)
  header.writeUInt32BE(16 + id.length, 0)
  header.writeUInt32BE(0x80000004, 4)
  header.writeUInt32BE(sequence, 12)
  return Buffer.concat([header, id])
}

function onSession(session) {
  sessions.add(session)
  session.on('error', () => {})
  session.on('close', () => sessions.delete(session))
  session.on('bind_transceiver', (pdu) => {
    if (told.behaviour === 'deaf') return
    const right = pdu.password === told.password
    say({ bind: pdu.system_id, right, type: pdu.system_type, version: pdu.interface_version })
    session.send(pdu.response(right ? { system_id: 'smsc' } : { command_status: smpp.ESME_RINVPASWD }))
  })
  session.on('submit_sm', (pdu) => onMessage(session, pdu))
  session.on('enquire_link', (pdu) => {
    say({ enquired: true })
    if (told.behaviour !== 'silent') session.send(pdu.response())
  })
  session.on('unbind', (pdu) => { say({ unbound: true }); session.send(pdu.response()); session.close() })
}

const tls = told.key ? { tls: true, key: readFileSync(told.key), cert: readFileSync(told.certificate) } : {}
const server = smpp.createServer(tls, onSession)
server.listen(0, '127.0.0.1', () => say(server.address().port))

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line)
    for (const session of sessions) {
      if (command.receipt) deliver(session, command.receipt)
      if (command.raw) session.socket.write(Buffer.from(command.raw, 'hex'))
      if (command.unbind) session.unbind(() => say({ unbind_answered: true }))
      if (command.destroy) session.socket.destroy()
    }
    if (command.behaviour) told.behaviour = command.behaviour
  })
  .on('close', () => process.exit(0))
