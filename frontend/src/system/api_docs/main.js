// swagger-ui over our own OpenAPI document. Its bundle is a classic script, deferred, so it has run before this module.
import { csrf } from '../../shared/http.js';

const place = document.getElementById('api');
window.SwaggerUIBundle({
  url: place.dataset.openapi,
  domNode: place,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // the default sends the document to another host
  onComplete: () => {
    // Its sections stand below our heading, with none between.
    place.querySelector('#servers')?.setAttribute('aria-label', 'Server');
    for (const heading of place.querySelectorAll('h3.opblock-tag, .models > h4')) heading.setAttribute('aria-level', '2');
  },
  requestInterceptor: (request) => {
    request.headers['X-CSRF-Token'] = csrf();
    return request;
  },
});
