import type { MediaConfig, MediaLayer, MediaListener } from './media-layer';
import { openSandboxMedia } from './sandbox-media';

/** ZEGO's SDK is twenty times the size of the page: it is fetched when somebody joins, and only where it is used. */
export async function openMediaLayer(
  config: MediaConfig,
  self: string,
  listener: MediaListener,
): Promise<MediaLayer> {
  if (config.mode !== 'zego' || config.appId === null || config.server === null)
    return openSandboxMedia(listener);
  const [{ ZegoMedia }, { openZegoEngine }] = await Promise.all([
    import('./zego-media'),
    import('./zego-engine'),
  ]);
  return new ZegoMedia(openZegoEngine(config.appId, config.server), self, listener);
}
