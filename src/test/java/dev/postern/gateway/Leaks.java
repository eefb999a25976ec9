package dev.postern.gateway;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Buffers that nobody released: Netty only logs them, tests shall fail. */
final class Leaks {
  private static final List<String> FOUND = new CopyOnWriteArrayList<>();

  private Leaks() {}

  /** Before Netty makes its first detector. */
  static void watch() {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(
        new ResourceLeakDetectorFactory() {
          @Override
          @SuppressWarnings("deprecation") // abstract all the same
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval, long maxActive) {
            return new Detector<>(resource, samplingInterval);
          }
        });
  }

  /** What has been found so far, by all tests of this JVM. */
  static List<String> found() {
    return FOUND;
  }

  private static final class Detector<T> extends ResourceLeakDetector<T> {
    Detector(Class<?> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resource, String records) {
      FOUND.add(resource + records);
    }

    @Override
    protected void reportUntracedLeak(String resource) {
      FOUND.add(resource);
    }
  }
}
