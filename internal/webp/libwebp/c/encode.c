// The part of libwebp that Holdall uses: a picture in, a file out. It is compiled to WebAssembly and that
// translated to Go by build.sh; a module is made for each picture and thrown away after it.
#include <stdlib.h>

#include "src/webp/encode.h"

#define EXPORT(name) __attribute__((export_name(name)))

static WebPMemoryWriter out;

EXPORT("alloc") void* holdall_alloc(size_t n) { return malloc(n); }

// Encodes w x h points of four bytes, not multiplied by their alpha. Returns 0, or 1 and libwebp's error code.
EXPORT("encode") int holdall_encode(const uint8_t* rgba, int w, int h, int quality, int method) {
  WebPConfig config;
  WebPPicture pic;
  if (!WebPConfigInit(&config) || !WebPPictureInit(&pic)) return -1;
  config.quality = (float)quality;
  config.method = method;
  pic.width = w;
  pic.height = h;
  WebPMemoryWriterInit(&out);
  pic.writer = WebPMemoryWrite;
  pic.custom_ptr = &out;
  int ok = WebPPictureImportRGBA(&pic, rgba, w * 4) && WebPEncode(&config, &pic);
  int failure = 1 + (int)pic.error_code;
  WebPPictureFree(&pic);
  return ok ? 0 : failure;
}

EXPORT("data") const uint8_t* holdall_data(void) { return out.mem; }
EXPORT("size") size_t holdall_size(void) { return out.size; }
