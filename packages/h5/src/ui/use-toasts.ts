import { onScopeDispose, ref, type Ref } from 'vue';

const SHOWN_MS = 4000;
/** What is older than so many others is no news any more. */
const MOST_WAITING = 4;

/** Short messages that are shown for a while, and read out by screen readers; one at a time, each of them in turn. */
export interface Toasts {
  text: Ref<string>;
  say(message: string): void;
  /** what has been said is no longer true */
  clear(): void;
}

export function useToasts(): Toasts {
  const text = ref('');
  const waiting: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const showNext = () => {
    timer = undefined;
    text.value = waiting.shift() ?? '';
    // with more behind it, each has less time: what came first must not hold up what is now
    if (text.value) timer = setTimeout(showNext, waiting.length > 0 ? SHOWN_MS / 4 : SHOWN_MS);
  };
  const clear = () => {
    clearTimeout(timer);
    timer = undefined;
    waiting.length = 0;
    text.value = '';
  };
  onScopeDispose(clear);
  return {
    text,
    clear,
    say(message) {
      waiting.push(message);
      if (waiting.length > MOST_WAITING) waiting.shift();
      if (timer !== undefined && text.value) {
        clearTimeout(timer);
        timer = setTimeout(showNext, SHOWN_MS / 4);
      } else showNext();
    },
  };
}
