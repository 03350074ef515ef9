import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import { AppError } from '../errors/app-error';
import { unsupportedContent } from '../errors/normalise-error';

/** How long a socket stays open for the answer to be read, once the rest of its request no longer is. */
const LINGER_MS = 1_000;

/** Makes the application understand multipart/form-data; to be called after the hook that decides on access. */
export function acceptUploads(fastify: FastifyInstance): void {
  multipart(withHooksOfUploads(fastify), {}, (error) => {
    if (error) throw error;
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { largestUpload } = request.routeOptions.config;
    if (largestUpload === undefined) return done(isForm(request) ? unsupportedContent() : undefined);
    done(declaredLength(request) > largestUpload ? new AppError('FILE_TOO_LARGE') : undefined);
  });
  addUploadHook(fastify, 'onSend', ((request, reply, payload, done) => {
    if (!request.raw.complete) leaveBodyUnread(request, reply);
    done(null, payload);
  }) satisfies onSendHookHandler);
}

/**
 * The application as a plugin sees it whose hooks run on the routes of uploads alone. Those of the multipart parser tidy up
 * after forms, but for that would have every request wait for two promises more: a small one's twentieth.
 */
function withHooksOfUploads(fastify: FastifyInstance): FastifyInstance {
  const addHook = (name: HookName, hook: unknown) => addUploadHook(fastify, name, hook);
  return Object.create(fastify, { addHook: { value: addHook } }) as FastifyInstance;
}

type HookName = 'onRequest' | 'onSend' | 'onResponse';

/** Adds a hook to the routes that take uploads; it runs after those of all routes. */
function addUploadHook(fastify: FastifyInstance, name: HookName, hook: unknown): void {
  fastify.addHook('onRoute', (route) => {
    if (route.config?.largestUpload === undefined) return;
    Object.assign(route, { [name]: [...[route[name] ?? []].flat(), hook] });
  });
}

/** Every route would take a form for an empty body otherwise. */
function isForm(request: FastifyRequest): boolean {
  return request.headers['content-type']?.toLowerCase().startsWith('multipart/') ?? false;
}

/** The length that the request announces, in bytes; 0 for a chunked body, which is measured as it comes. */
export function declaredLength(request: FastifyRequest): number {
  return Number(request.headers['content-length'] ?? 0);
}

/**
 * Answers without the rest of the body. Node would read all of it to keep the connection, or reset a connection that
 * is to be closed, and then many clients lose the answer; so nothing more is read, and the socket ends a little later.
 */
function leaveBodyUnread({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.header('Connection', 'close');
  // a body that somebody listens to is not discarded by Node: its socket waits when its buffer is full
  raw.on('readable', () => undefined);
  const { socket } = raw;
  socket.destroySoon = () => {
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
}
