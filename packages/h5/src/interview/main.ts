import { createApp } from 'vue';
import '../ui/base.css';
import GuestPage from './GuestPage.vue';

createApp(GuestPage).mount('#page');
