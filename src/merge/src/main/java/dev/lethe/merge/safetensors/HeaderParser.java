package dev.lethe.merge.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.OneLine;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of a header strictly: it rejects what the reference reader rejects, and also duplicate keys, sizes
 * that overflow beside a zero, and unbounded names and nesting. It allocates nothing because of what the text claims.
 */
final class HeaderParser {
    private static final int MAX_TENSORS = 1 << 20;
    private static final int MAX_NAME_LENGTH = 4_096;
    private static final int MAX_QUOTED = 100;
    private static final int MAX_DIMENSIONS = 64;
    private static final Pattern NATURAL = Pattern.compile("0|[1-9][0-9]{0,18}");
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names are not trusted: no table of them may outlive the file.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxStringLength(Header.MAX_BYTES)
                    .maxNumberLength(32)
                    .build())
            .build();

    private final String file;
    private final JsonParser json;
    private final SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    private final SortedMap<String, String> metadata = new TreeMap<>();

    private HeaderParser(String file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    /**
     * @param file name for errors
     * @param text the N bytes of the header
     * @param dataBytes bytes of the file after the header, which the tensors must cover exactly
     */
    static Header parse(String file, ByteBuffer text, long dataBytes) {
        try (JsonParser json = JSON.createParser(strictUtf8(text))) {
            HeaderParser parser = new HeaderParser(file, json);
            parser.readHeader();
            parser.checkCoverage(dataBytes);
            return new Header(parser.tensors, parser.metadata);
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(file, "header", e.getOriginalMessage(), "the JSON object of a safetensors file");
        } catch (CharacterCodingException e) {
            throw InvalidInput.at(file, "header", "bytes that are not UTF-8", "JSON in UTF-8");
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory does not fail", e);
        }
    }

    /** Jackson's own decoder lets some malformed bytes pass. */
    private static Reader strictUtf8(ByteBuffer text) {
        return new InputStreamReader(new ByteBufferBackedInputStream(text), UTF_8.newDecoder());
    }

    private void readHeader() throws IOException {
        expect(json.nextToken() == JsonToken.START_OBJECT, "header", "a JSON object");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = wellFormed(json.currentName(), "name");
            json.nextToken();
            if (name.equals(Header.METADATA)) {
                readMetadata();
            } else {
                tensors.put(name, readTensor(name));
            }
            expect(tensors.size() <= MAX_TENSORS, "header", "at most %d tensors".formatted(MAX_TENSORS));
        }
        expect(json.nextToken() == null, "header", "nothing after the JSON object");
    }

    private void readMetadata() throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        expect(json.currentToken() == JsonToken.START_OBJECT, Header.METADATA, "an object of strings");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = wellFormed(json.currentName(), Header.METADATA);
            expect(json.nextToken() == JsonToken.VALUE_STRING, Header.METADATA + "." + name, "a string");
            metadata.put(name, wellFormed(json.getText(), Header.METADATA + "." + name));
        }
    }

    private TensorInfo readTensor(String name) throws IOException {
        expect(json.currentToken() == JsonToken.START_OBJECT, name, "an object");
        Dtype dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "dtype" -> dtype = readDtype(name);
                case "shape" -> shape = readNaturals(name + ".shape", MAX_DIMENSIONS);
                case "data_offsets" -> offsets = readNaturals(name + ".data_offsets", 2);
                default -> json.skipChildren();
            }
        }
        return tensor(name, dtype, shape, offsets);
    }

    private TensorInfo tensor(
            String name, @Nullable Dtype dtype, @Nullable List<Long> shape, @Nullable List<Long> offsets) {
        if (dtype == null || shape == null || offsets == null) {
            String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
            throw InvalidInput.at(file, name, "no " + missing, "dtype, shape and data_offsets");
        }
        if (offsets.size() != 2 || offsets.getFirst() > offsets.getLast()) {
            throw InvalidInput.at(file, name + ".data_offsets", offsets.toString(), "[begin, end] with begin <= end");
        }
        long needed;
        try {
            needed = TensorInfo.sizeInBytes(dtype, shape);
        } catch (ArithmeticException e) {
            throw InvalidInput.at(file, name + ".shape", dtype + " " + shape, "a whole number of bytes below 2^60");
        }
        long span = offsets.getLast() - offsets.getFirst();
        if (span != needed) {
            throw InvalidInput.at(
                    file,
                    name + ".data_offsets",
                    "%s, that is %d bytes".formatted(offsets, span),
                    "%d bytes for %s %s".formatted(needed, dtype, shape));
        }
        return new TensorInfo(dtype, shape, offsets.getFirst(), offsets.getLast());
    }

    private Dtype readDtype(String name) throws IOException {
        expect(json.currentToken() == JsonToken.VALUE_STRING, name + ".dtype", "a string");
        String text = json.getText();
        return Dtype.named(text)
                .orElseThrow(() -> InvalidInput.at(file, name + ".dtype", cut(text), "a safetensors type such as F32"));
    }

    private List<Long> readNaturals(String field, int atMost) throws IOException {
        expect(json.currentToken() == JsonToken.START_ARRAY, field, "an array");
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(numbers.size() < atMost, field, "at most %d numbers".formatted(atMost));
            numbers.add(readNatural(field));
        }
        return numbers;
    }

    private long readNatural(String field) throws IOException {
        String text = json.getText();
        boolean natural = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                && NATURAL.matcher(text).matches();
        try {
            if (natural) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException e) {
            // Nineteen digits may still exceed a long: the same answer as for anything else.
        }
        throw InvalidInput.at(file, field, String.valueOf(text), "an integer from 0 to 2^63 - 1");
    }

    /** Sorted by place, tensors must follow each other from 0 to the end of the file: no hole, no overlap, no tail. */
    private void checkCoverage(long dataBytes) {
        List<String> byPlace = tensors.keySet().stream()
                .sorted(Comparator.<String>comparingLong(
                                name -> tensors.get(name).begin())
                        .thenComparingLong(name -> tensors.get(name).end()))
                .toList();
        long position = 0;
        for (String name : byPlace) {
            TensorInfo info = tensors.get(name);
            if (info.begin() != position) {
                throw InvalidInput.at(
                        file,
                        name + ".data_offsets",
                        "a begin of " + info.begin(),
                        position + ", where the tensor before it ends");
            }
            position = info.end();
        }
        if (position != dataBytes) {
            throw InvalidInput.at(file, "length", dataBytes + " bytes of data", position + " as the header says");
        }
    }

    private String wellFormed(String text, String field) {
        if (!UTF_8.newEncoder().canEncode(text)) {
            throw InvalidInput.at(file, field, "a lone surrogate", "well-formed Unicode");
        }
        return text;
    }

    private void expect(boolean holds, String field, String expected) throws IOException {
        if (!holds) {
            throw InvalidInput.at(file, field, cut(String.valueOf(json.getText())), expected);
        }
    }

    /** A text may be as long as the header. */
    private static String cut(String text) {
        return OneLine.of(text, MAX_QUOTED);
    }
}
