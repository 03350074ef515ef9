const FORMAT = new Intl.DateTimeFormat('zh-CN', {
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** 11/28 09:05, in the time of whoever looks. */
export function shortTime(iso: string): string {
  return FORMAT.format(new Date(iso));
}
