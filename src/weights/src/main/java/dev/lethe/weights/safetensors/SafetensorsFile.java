package dev.lethe.weights.safetensors;

import dev.lethe.weights.InvalidInput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedMap;

/**
 * An open safetensors file: its header, checked wholly when it is opened, and its data, mapped and read only when
 * touched. Tensors may be larger than 2 GiB and need not be aligned. Any thread may read; closing ends every view.
 */
public final class SafetensorsFile implements AutoCloseable {
    private static final ValueLayout.OfLong HEADER_LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final Arena arena;
    private final Header header;
    private final MemorySegment data;

    private SafetensorsFile(Path path, Arena arena, MemorySegment file) {
        this.path = path;
        this.arena = arena;
        long headerBytes = headerLength(path, file);
        long dataStart = Long.BYTES + headerBytes;
        this.data = file.asSlice(dataStart);
        this.header = HeaderParser.parse(
                path.toString(), file.asSlice(Long.BYTES, headerBytes).asByteBuffer(), data.byteSize());
    }

    /**
     * Opens and validates a file.
     *
     * @throws InvalidInput where the file cannot be read or breaks a rule of the format; the message names file, tensor
     *     and field
     */
    public static SafetensorsFile open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            return new SafetensorsFile(path, arena, map(path, arena));
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    public Header header() {
        return header;
    }

    /** All tensors, sorted by name. */
    public SortedMap<String, TensorInfo> tensors() {
        return header.tensors();
    }

    /**
     * Type, shape and place of a tensor.
     *
     * @throws InvalidInput where the file has no such tensor
     */
    public TensorInfo info(String name) {
        TensorInfo info = header.tensors().get(name);
        if (info == null) {
            throw InvalidInput.at(path.toString(), name, "no such tensor", "one of the tensors of the file");
        }
        return info;
    }

    /** The bytes of a tensor: read-only, row-major, little-endian, at any alignment, valid until {@link #close}. */
    public MemorySegment data(String name) {
        TensorInfo info = info(name);
        return data.asSlice(info.begin(), info.bytes());
    }

    @Override
    public void close() {
        arena.close();
    }

    private static MemorySegment map(Path path, Arena arena) {
        if (!Files.isRegularFile(path)) {
            String found = Files.exists(path) ? "something else" : "nothing";
            throw InvalidInput.at(path.toString(), "file", found, "a safetensors file");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw InvalidInput.unreadable(path, e);
        }
    }

    private static long headerLength(Path path, MemorySegment file) {
        if (file.byteSize() < Long.BYTES) {
            throw InvalidInput.at(path.toString(), "length", file.byteSize() + " bytes", "at least 8");
        }
        long length = file.get(HEADER_LENGTH, 0);
        long available = Math.min(Header.MAX_BYTES, file.byteSize() - Long.BYTES);
        if (length < 0 || length > available) {
            throw InvalidInput.at(
                    path.toString(), "header length", Long.toUnsignedString(length), "at most " + available);
        }
        return length;
    }
}
