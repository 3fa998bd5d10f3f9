package dev.lethe.unlearning.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/** What has to be true of the process before the first libtorch class loads. */
final class NativeRuntime {

    static {
        // libgomp reads the policy once, when it loads. OpenBLAS brings threads of its own, and two pools that both
        // spin make a step 4 to 12 times slower.
        setenvIfAbsent("OMP_WAIT_POLICY", "passive");
        // JavaCPP else refuses to allocate once the process has grown past a multiple of the Java heap.
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
    }

    private NativeRuntime() {}

    /** Does its work once, by the initialisation of this class. */
    static void prepare() {}

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static void setenvIfAbsent(String name, String value) {
        if (System.getenv(name) != null) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("setenv").ifPresent(setenv -> {
            FunctionDescriptor signature = FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
            try (Arena arena = Arena.ofConfined()) {
                int unused = (int) linker.downcallHandle(setenv, signature)
                        .invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 0);
            } catch (Throwable e) {
                throw new IllegalStateException("setenv " + name, e);
            }
        });
    }
}
