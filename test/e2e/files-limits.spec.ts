import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { NOBODY } from '../support/customers';
import { createResume, film, form, jpeg, PDF, RESUMES, upload, uploadSeveral } from '../support/files';
import { refusal } from '../support/refusal';

const MB = 1024 * 1024;
const BOUNDARY = 'boundary-of-the-tests';

/** Bytes up to a size behind a beginning that shows their type. */
function grown(start: Buffer, size: number): Buffer {
  return Buffer.concat([start, Buffer.alloc(size - start.length)]);
}

/** A request written by hand, so that it can lie and stop. */
class RawRequest {
  answer = '';
  closed = false;
  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.answer += chunk.toString()));
    socket.on('close', () => (this.closed = true));
    socket.on('error', () => undefined);
  }

  static async open(app: TestApp, path: string, headers: Record<string, string>): Promise<RawRequest> {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    ports.set(socket, socket.localPort!);
    const lines = Object.entries({ host: hostname, ...headers }).map(([name, value]) => `${name}: ${value}`);
    socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    return new RawRequest(socket);
  }

  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.answer)?.[1] ?? 0);
  }

  async answered(within = 3000): Promise<number> {
    const deadline = Date.now() + within;
    while (!/\r\n\r\n[\s\S]/.test(this.answer) && Date.now() < deadline) await pause(10);
    return this.status;
  }

  async ended(within = 5000): Promise<boolean> {
    const deadline = Date.now() + within;
    while (!this.closed && Date.now() < deadline) await pause(10);
    return this.closed;
  }

  chunk(data: Buffer): boolean {
    this.socket.write(`${data.length.toString(16)}\r\n`);
    this.socket.write(data);
    return this.socket.write('\r\n');
  }
}

/** Known while the connection stands, and remembered beyond. */
const ports = new WeakMap<Socket, number>();

describe('the size of uploads', () => {
  let app: TestApp;
  let admin: Actor;
  let id: string;
  let path: string;
  const accepted: { socket: Socket; peer?: number }[] = [];
  const headers = (more: Record<string, string>) => ({
    authorization: `Bearer ${admin.token}`,
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    ...more,
  });
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
    id = await createResume(admin);
    path = `${RESUMES}/${id}/upload-file`;
    app.app
      .getHttpServer()
      .on('connection', (socket: Socket) => accepted.push({ socket, peer: socket.remotePort }));
  });
  afterAll(() => app.stop());

  /** Bytes that the service has taken from the request's connection. */
  const bytesRead = ({ socket }: RawRequest) =>
    accepted.find(({ peer }) => peer === ports.get(socket))?.socket.bytesRead;

  it.each([
    ['a PDF of 10 MB', 'medicalReport', grown(PDF, 10 * MB)],
    ['a film of 50 MB', 'selfIntroductionVideo', film(50 * MB)],
  ])('takes %s and not one byte more', async (_, type, bytes) => {
    expect((await upload(admin, id, type, bytes)).status).toBe(200);
    expect(await upload(admin, id, type, Buffer.concat([bytes, Buffer.alloc(1)]))).toMatchObject(
      refusal('FILE_TOO_LARGE'),
    );
  });

  it('takes an image of 5 MB, with its padding, and not one byte more', async () => {
    const image = grown(await jpeg(), 5 * MB);
    expect((await upload(admin, id, 'certificate', image)).status).toBe(200);
    expect(await upload(admin, id, 'certificate', grown(image, 5 * MB + 1))).toMatchObject(
      refusal('FILE_TOO_LARGE'),
    );
    const file = { bytes: grown(image, 5 * MB + 1), name: 'a.jpg' };
    expect(await admin.post(path, form(['file', file], ['type', 'certificate']))).toMatchObject(
      refusal('FILE_TOO_LARGE'),
    );
  });

  it('refuses what is too large for its type at once, whatever it holds', async () => {
    expect(await upload(admin, id, 'certificate', Buffer.alloc(6 * MB))).toMatchObject(
      refusal('FILE_TOO_LARGE'),
    );
  });

  it('answers a Content-Length over the limit without a byte of the body, and ends the connection', async () => {
    const request = await RawRequest.open(app, path, headers({ 'content-length': String(60 * MB) }));
    expect(await request.answered()).toBe(413);
    expect(request.answer).toContain('FILE_TOO_LARGE');
    expect(request.answer.toLowerCase()).toContain('connection: close');
    expect(await request.ended()).toBe(true);
  });

  it.each([
    ['too large', () => path, () => ({}), 413],
    [
      'for no resume',
      () => `${RESUMES}/${NOBODY}/upload-file`,
      () => ({ 'content-length': String(50 * MB) }),
      404,
    ],
    [
      'without a token',
      () => path,
      () => ({ 'content-length': String(50 * MB), authorization: 'Bearer x' }),
      401,
    ],
  ])('leaves a body unread that is %s, however fast it is sent', async (_, where, more, status) => {
    const request = await RawRequest.open(
      app,
      where(),
      headers({ 'content-length': String(200 * MB), ...more() }),
    );
    const block = Buffer.alloc(MB);
    for (let i = 0; i < 40; i++) request.socket.write(block);
    expect(await request.answered()).toBe(status);
    expect(bytesRead(request)).toBeLessThan(4 * MB);
    expect(await request.ended()).toBe(true);
  });

  it('stops a chunked film over the limit and reads no further', async () => {
    const request = await RawRequest.open(app, path, headers({ 'transfer-encoding': 'chunked' }));
    const part = (name: string) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"`;
    request.chunk(
      Buffer.from(`${part('type')}\r\n\r\ncertificate\r\n${part('file')}; filename="a.jpg"\r\n\r\n`),
    );
    request.chunk(await jpeg());
    const block = Buffer.alloc(MB);
    for (let i = 0; i < 100; i++) request.chunk(block);
    expect(await request.answered()).toBe(413);
    expect(request.answer).toContain('FILE_TOO_LARGE');
    // five of them are the limit; what a socket's buffers hold besides depends on how busy the machine is
    expect(bytesRead(request)).toBeLessThan(40 * MB);
    expect(await request.ended()).toBe(true);
  });

  it('stops noise without end before the first part', async () => {
    const request = await RawRequest.open(app, path, headers({ 'transfer-encoding': 'chunked' }));
    const noise = Buffer.alloc(MB, 'x');
    for (let i = 0; i < 70; i++) request.chunk(noise);
    expect(await request.answered(10_000)).toBe(413);
    expect(await request.ended()).toBe(true);
  });

  it('forgets an upload whose sender goes away, and removes what came of it', async () => {
    const before = await app.connection.collection('stored_files').countDocuments();
    const request = await RawRequest.open(app, path, headers({ 'content-length': String(20 * MB) }));
    request.socket.write(
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n`,
    );
    request.socket.write(film(2 * MB));
    await pause(200);
    request.socket.destroy();
    await pause(300);
    expect(await app.connection.collection('stored_files').countDocuments()).toBe(before);
    expect(app.logLines.filter((line) => line.includes('INTERNAL_ERROR'))).toEqual([]);
  });

  it('refuses a body that ends too early, or is no form at all', async () => {
    for (const body of [
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nabc`,
      'nothing of the kind',
    ]) {
      const answer = await admin.send('POST', path, body, {
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      });
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_PARAMS' } });
    }
    const nameless = await admin.send('POST', path, 'x', { 'content-type': 'multipart/form-data' });
    expect(nameless).toMatchObject({ status: 400, body: { code: 'INVALID_PARAMS' } });
  });

  it('takes thirty files together and not one more', async () => {
    const image = await jpeg();
    const files = (count: number) =>
      Array.from({ length: count }, (): [string, Buffer] => ['positiveReviewPhoto', image]);
    expect(await uploadSeveral(admin, id, files(31))).toMatchObject(refusal('INVALID_PARAMS', 'files'));
    expect(await uploadSeveral(admin, id, files(30))).toMatchObject({
      status: 200,
      body: { data: { totalCount: 30 } },
    });
  });

  it('keeps the connection for the next request when a refused body was whole', async () => {
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push((await upload(admin, id, 'certificate', PDF)).status);
    answers.push((await upload(admin, id, 'certificate', await jpeg())).status);
    expect(answers).toEqual([415, 415, 415, 200]);
  });
});
