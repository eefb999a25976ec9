package dev.postern.bench.servers;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Time on a CPU of this process, with the threads that ended: finer than what Java tells. */
public final class OwnCpu {
  /** Of Linux's {@code clock_gettime}. */
  private static final int CLOCK_PROCESS_CPUTIME_ID = 2;

  @SuppressWarnings("restricted") // this process may: --enable-native-access
  private static final MethodHandle CLOCK_GETTIME =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().find("clock_gettime").orElseThrow(),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

  private OwnCpu() {}

  public static double micros() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(16, 8);
      if ((int) CLOCK_GETTIME.invokeExact(CLOCK_PROCESS_CPUTIME_ID, time) != 0) {
        throw new IllegalStateException("clock_gettime");
      }
      return time.get(ValueLayout.JAVA_LONG, 0) * 1e6 + time.get(ValueLayout.JAVA_LONG, 8) / 1e3;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
