import type { MediaLayer, MediaListener } from './media-layer';

/** Stands in where no video service is configured: everything happens but the media itself. */
export function openSandboxMedia(listener: MediaListener): MediaLayer {
  return {
    mode: 'sandbox',
    enter: async () => listener.connection('connected'),
    send: async () => undefined,
    renew: () => undefined,
    leave: async () => undefined,
  };
}
