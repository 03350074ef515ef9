import { createApp } from 'vue';
import '../ui/base.css';
import HostPage from './HostPage.vue';

createApp(HostPage).mount('#page');
