package dev.lethe.merge.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A safetensors header: the tensors and their places, and the metadata. Both are sorted by name, so one content has one
 * header and one sequence of bytes.
 *
 * @param tensors by name; offsets cover the data from 0 without a gap
 * @param metadata text by name; frameworks look for {@code format: pt}
 */
public record Header(SortedMap<String, TensorInfo> tensors, SortedMap<String, String> metadata) {
    /** The metadata that PyTorch-based readers expect. */
    public static final Map<String, String> PYTORCH = Map.of("format", "pt");

    static final String METADATA = "__metadata__";
    public static final int MAX_BYTES = 100_000_000;

    private static final int ALIGNMENT = 8;
    private static final Comparator<String> BYTE_ORDER =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));

    public Header {
        tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
        metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    }

    /**
     * Gives each tensor its place as the reference writer does: by dtype rank descending, then by name in byte order,
     * packed.
     *
     * @param infos dtype and shape by name; their offsets are ignored
     */
    public static Header plan(Map<String, TensorInfo> infos, Map<String, String> metadata) {
        SortedMap<String, TensorInfo> placed = new TreeMap<>();
        long position = 0;
        for (String name : inReferenceOrder(infos)) {
            TensorInfo info = infos.get(name).at(position);
            placed.put(name, info);
            position = info.end();
        }
        return new Header(placed, new TreeMap<>(metadata));
    }

    /** Size of the data that follows this header, in bytes. */
    public long dataBytes() {
        return tensors.values().stream().mapToLong(TensorInfo::end).max().orElse(0);
    }

    /** The JSON text, padded with spaces to a multiple of 8 bytes; tensors in the order of their data. */
    public byte[] encode() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            for (String name : inReferenceOrder(tensors)) {
                writeTensor(json, name, tensors.get(name));
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        byte[] padded = Arrays.copyOf(text.toByteArray(), -Math.floorDiv(-text.size(), ALIGNMENT) * ALIGNMENT);
        Arrays.fill(padded, text.size(), padded.length, (byte) ' ');
        return padded;
    }

    private static void writeTensor(JsonGenerator json, String name, TensorInfo info) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("dtype", info.dtype().name());
        json.writeFieldName("shape");
        json.writeArray(info.shape(), 0, info.dimensions().size());
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {info.begin(), info.end()}, 0, 2);
        json.writeEndObject();
    }

    private static List<String> inReferenceOrder(Map<String, TensorInfo> infos) {
        Comparator<String> byRank = Comparator.comparing(name -> infos.get(name).dtype());
        return infos.keySet().stream()
                .sorted(byRank.reversed().thenComparing(BYTE_ORDER))
                .toList();
    }
}
