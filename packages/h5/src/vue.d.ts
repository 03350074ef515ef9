/** For tools that do not read .vue files; vue-tsc does, and takes the component's own type. */
declare module '*.vue' {
  import type { Component } from 'vue';

  const component: Component;
  export default component;
}
