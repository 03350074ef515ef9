import { onBeforeUnmount, onMounted, ref, type Ref, watch } from 'vue';

/** Toasts begin below it (ToastRegion.vue). */
const BELOW_HEADER = '--below-header';
const GAP_PX = 6;

/**
 * What of a call's screen only shows when it is laid out: where its header ends, whose notes no toast may cover, and
 * whether its stage has to be scrolled, which must then be possible with the keyboard.
 */
export function useStageMeasure(
  header: Ref<HTMLElement | undefined>,
  stage: Ref<HTMLElement | undefined>,
  people: () => number,
): { scrolls: Ref<boolean> } {
  const scrolls = ref(false);
  const { style } = document.documentElement;

  function measure(): void {
    style.setProperty(BELOW_HEADER, `${(header.value?.offsetHeight ?? 0) + GAP_PX}px`);
    if (stage.value) scrolls.value = stage.value.scrollHeight > stage.value.clientHeight;
  }
  const observer = new ResizeObserver(measure);

  onMounted(() => {
    for (const { value } of [header, stage]) if (value) observer.observe(value);
  });
  watch(people, measure, { flush: 'post' });
  onBeforeUnmount(() => {
    observer.disconnect();
    style.removeProperty(BELOW_HEADER);
  });
  return { scrolls };
}
