import { createSocket } from 'node:dgram';
import { forwardToMachine, forwardToServer, isAck, isRequest } from './relay-packet.ts';

// A DHCP relay between the machine and the server, as routers have it, with one thing more: it can take away the
// options that tell that the machine's ROM is iPXE. QEMU has no other ROM, so this is how a plain PXE ROM, which has to
// be given a loader, is played. An answer that does not echo option 82 is dropped.
//
//   node plain-pxe-relay.js <own address towards the machine> <server> always|first|never
//
// `first`: up to the first ACK. What asks after it is what the ROM has loaded.

const [own = '', server = '', plain = ''] = process.argv.slice(2);
let isPlain = plain !== 'never';

const socket = createSocket('udp4');
socket.on('message', (packet) => {
  const fromMachine = isRequest(packet);
  if (fromMachine === undefined) return;
  if (fromMachine) {
    socket.send(forwardToServer(packet, own, isPlain), 67, server);
    return;
  }
  const answer = forwardToMachine(packet);
  if (answer === undefined) {
    process.stderr.write('dropped: option 82 was not echoed as the last one\n');
    return;
  }
  if (plain === 'first' && isAck(answer)) isPlain = false;
  socket.send(answer, 68, '255.255.255.255');
});
socket.bind(67, () => {
  socket.setBroadcast(true);
  process.stdout.write('relaying\n');
});
