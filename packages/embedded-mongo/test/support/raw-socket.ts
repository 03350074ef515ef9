import { connect, type Socket } from 'node:net';
import { decode, encode, type Doc } from '../../src/bson';

export const OP_QUERY = 2004;
const OP_MSG = 2013;

/** Bytes before the document of an answer. */
export const ANSWER_PREFIX = { message: 21, legacy: 36 };

export function frame(operation: number, body: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + body.length, 0);
  header.writeInt32LE(7, 4);
  header.writeInt32LE(operation, 12);
  return Buffer.concat([header, body]);
}

/** A command as a driver frames it, but without anything a driver would add. */
export const message = (command: Doc): Buffer =>
  frame(OP_MSG, Buffer.concat([Buffer.alloc(5), encode(command)]));

export const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });

/** The next answer's document, if it comes in one piece. */
export const answer = (socket: Socket, prefix = ANSWER_PREFIX.message): Promise<Doc> =>
  new Promise((resolve) => socket.once('data', (bytes: Buffer) => resolve(decode(bytes.subarray(prefix)))));
