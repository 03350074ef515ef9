import { onScopeDispose, type ShallowRef, shallowRef } from 'vue';
import { CallMedia, type CallMediaState } from '../media/call-media';
import { LocalMedia, type LocalState } from '../media/local-media';
import type { MediaPass } from '../media/media-layer';
import { openMediaLayer } from '../media/open-media-layer';
import { fetchMediaConfig } from '../room/room-api';

export interface Call {
  devices: LocalMedia;
  local: ShallowRef<LocalState>;
  media: ShallowRef<CallMediaState>;
  /** `self` is the key of the participant whose page this is */
  start(self: string, fetchPass: () => Promise<MediaPass>): void;
  /** where the media have been given up, they are tried again */
  resume(): void;
  stop(): void;
}

const IDLE: CallMediaState = { mode: undefined, connection: 'connecting', pictures: [] };

/** The devices of this page and the media of the room that it is in, for both pages. */
export function useCall(): Call {
  let running: CallMedia | undefined;
  const media = shallowRef(IDLE);
  const devices = new LocalMedia((state) => {
    local.value = state;
    running?.send(state);
  });
  const local = shallowRef(devices.state);

  const call: Call = {
    devices,
    local,
    media,
    start(self, fetchPass) {
      call.stop();
      running = new CallMedia({
        fetchConfig: fetchMediaConfig,
        fetchPass,
        openLayer: (config, listener) => openMediaLayer(config, self, listener),
        changed: (state) => {
          media.value = state;
        },
      });
      running.start(devices.state);
    },
    resume: () => running?.resume(),
    stop() {
      void running?.stop();
      running = undefined;
      media.value = IDLE;
    },
  };
  onScopeDispose(() => {
    call.stop();
    devices.close();
  });
  return call;
}
