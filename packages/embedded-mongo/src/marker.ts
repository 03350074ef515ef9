/** Name in `buildInfo.modules` by which a client can tell this server from a real one. */
export const EMBEDDED_MARKER = 'embedded-mongo';
