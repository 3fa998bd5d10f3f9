package dev.lethe.merge.safetensors;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An open safetensors file: its header, checked wholly when it is opened, and its data, mapped and read only when
 * touched. Tensors may be larger than 2 GiB and need not be aligned. Any thread may read; closing ends every view.
 */
public final class SafetensorsFile implements AutoCloseable {
    private static final ValueLayout.OfLong HEADER_LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** Elements that are read at a time. */
    private static final int BLOCK = 1 << 14;

    private final Path path;
    private final Arena arena;
    private final FileChannel channel;
    private final FileTime modified;
    private final long dataStart;
    private final Header header;
    private final Set<TensorInfo> places;
    private final MemorySegment data;

    private SafetensorsFile(Path path, Arena arena, FileChannel channel) throws IOException {
        this.path = path;
        this.arena = arena;
        this.channel = channel;
        this.modified = Files.getLastModifiedTime(path);
        MemorySegment file = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        long headerBytes = headerLength(path, file);
        this.dataStart = Long.BYTES + headerBytes;
        this.data = file.asSlice(dataStart);
        this.header = HeaderParser.parse(
                path.toString(), file.asSlice(Long.BYTES, headerBytes).asByteBuffer(), data.byteSize());
        this.places = Set.copyOf(header.tensors().values());
    }

    /**
     * Opens and validates a file.
     *
     * @throws InvalidInput where the file cannot be read or breaks a rule of the format; the message names file, tensor
     *     and field
     */
    public static SafetensorsFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            String found = Files.exists(path) ? "something else" : "nothing";
            throw InvalidInput.at(path.toString(), "file", found, "a safetensors file");
        }
        Arena arena = Arena.ofShared();
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            return new SafetensorsFile(path, arena, channel);
        } catch (IOException e) {
            close(arena, channel);
            throw InvalidInput.unreadable(path, e);
        } catch (RuntimeException e) {
            close(arena, channel);
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

    /**
     * Fills a buffer with a tensor's bytes from {@code offset} on by a positioned read, which maps nothing: resident
     * memory stays what the buffers take, and network file systems read ahead.
     *
     * @param info what {@link #info} says of a tensor of this file
     * @throws IndexOutOfBoundsException where the bytes that are asked for do not all lie in that tensor
     * @throws InvalidInput where the file ends before its header said it would, or cannot be read
     */
    public void read(TensorInfo info, long offset, ByteBuffer target) {
        if (!places.contains(info) || offset < 0 || target.remaining() > info.bytes() - offset) {
            throw new IndexOutOfBoundsException("%s: %d bytes at %d do not lie in the file's tensor %s"
                    .formatted(path, target.remaining(), offset, info));
        }
        long at = dataStart + info.begin() + offset;
        try {
            while (target.hasRemaining()) {
                int count = channel.read(target, at);
                if (count < 0) {
                    throw InvalidInput.at(path.toString(), "length", "an end at byte " + at, "what the header said");
                }
                at += count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a tensor through, mapping nothing; one that is not F32, F16 or BF16 passes.
     *
     * @throws InvalidInput naming file, tensor and the first element that is NaN or infinite
     */
    public void requireFinite(String name) {
        TensorInfo info = info(name);
        if (!info.dtype().isFloat()) {
            return;
        }
        int size = (int) Math.min(BLOCK, info.elements());
        BlockCodec codec = new BlockCodec(info.dtype());
        ByteBuffer bytes = ByteBuffer.allocate(size * info.dtype().bytes());
        float[] block = new float[size];
        for (long first = 0; first < info.elements(); first += size) {
            int count = (int) Math.min(size, info.elements() - first);
            read(
                    info,
                    first * info.dtype().bytes(),
                    bytes.clear().limit(count * info.dtype().bytes()));
            codec.read(bytes.flip(), block, 0, count);
            FloatBlocks.requireFinite(path + ": " + name, info.dtype(), block, count, first);
        }
    }

    /** Path, size and time of modification: another stamp is another content. */
    public String stamp() {
        return "%s %d %s".formatted(path.toAbsolutePath(), dataStart + header.dataBytes(), modified);
    }

    /**
     * Checks that the file has not changed since it was opened.
     *
     * @throws InvalidInput where its size or its time of modification differs
     */
    public void requireUnchanged() {
        try {
            boolean same = channel.size() == dataStart + header.dataBytes()
                    && Files.size(path) == channel.size()
                    && Files.getLastModifiedTime(path).equals(modified);
            if (!same) {
                throw InvalidInput.at(
                        path.toString(), "file", "a change while it was read", "a file that stays as it is");
            }
        } catch (IOException e) {
            throw InvalidInput.unreadable(path, e);
        }
    }

    @Override
    public void close() {
        close(arena, channel);
    }

    private static void close(Arena arena, @Nullable FileChannel channel) {
        arena.close();
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("closing a file that was only read does not fail", e);
        }
    }

    private static long headerLength(Path path, MemorySegment file) {
        if (file.byteSize() < Long.BYTES) {
            throw InvalidInput.at(path.toString(), "length", file.byteSize() + " bytes", "at least 8");
        }
        long length = file.get(HEADER_LENGTH, 0);
        long available = Math.min(Header.MAX_BYTES, file.byteSize() - Long.BYTES);
        if (length < 0 || length > Header.MAX_BYTES) {
            ForeignFormat.of(file).ifPresent(format -> {
                throw InvalidInput.at(path.toString(), "format", format.text(), "a safetensors file");
            });
        }
        if (length < 0 || length > available) {
            throw InvalidInput.at(
                    path.toString(), "header length", Long.toUnsignedString(length), "at most " + available);
        }
        return length;
    }
}
