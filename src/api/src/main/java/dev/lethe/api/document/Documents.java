package dev.lethe.api.document;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.UnlearningJobStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * Our records as JSON: one mapping for stage files, results, progress and resources.
 *
 * <p>Reading is strict: unknown fields, duplicate keys, missing values, and numbers or booleans written as strings are
 * refused, with an {@link InvalidDocument} of one line. Writing is canonical: equal records give equal bytes, with
 * fields in declared order, map keys sorted, absent values left out, and instants in ISO 8601.
 */
public final class Documents {
    private static final ObjectMapper MAPPER = mapping();

    private static final DefaultPrettyPrinter INDENTED = new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));

    private Documents() {}

    /** The document as indented text that ends with a newline, for files. */
    public static String json(Object document) {
        try {
            return MAPPER.writer(INDENTED).writeValueAsString(document) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The document on one line, for messages and hashes. */
    public static String line(Object document) {
        try {
            return MAPPER.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Any of our records from a file: a {@code StageFile}, {@code StageResult}, {@code Progress}, … */
    public static <T> T read(Path file, Class<T> type) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // A pipe may keep its reader for ever.
            throw new InvalidDocument(file + ": file: found something else, expected a regular file");
        }
        try {
            return parse(file.toString(), Files.readString(file), type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A resource of any kind, as {@code kubectl get -o json} prints it. */
    public static Resource<?, ?> read(Path file) {
        return read(file, Resource.class);
    }

    public static Resource<UnlearningJobSpec, UnlearningJobStatus> readJob(Path file) {
        return job(file.toString(), read(file));
    }

    /**
     * Any of our records from text.
     *
     * @param where names the text in errors
     */
    public static <T> T parse(String where, String json, Class<T> type) {
        try {
            T document = MAPPER.readValue(json, type);
            if (document == null) {
                throw new InvalidDocument(where + ": found null, expected " + type.getSimpleName());
            }
            return document;
        } catch (JsonProcessingException e) {
            throw new InvalidDocument(where + ": " + oneLine(e));
        }
    }

    /**
     * The mapping itself, for libraries that take one; a copy, so that nobody's settings reach ours.
     */
    public static ObjectMapper mapper() {
        return MAPPER.copy();
    }

    /** The resource as the job that it must be. */
    @SuppressWarnings("unchecked") // the kind decides both types, and the reader built them from it
    public static Resource<UnlearningJobSpec, UnlearningJobStatus> job(String where, Resource<?, ?> resource) {
        if (resource.kind() != Kind.UnlearningJob) {
            throw new InvalidDocument(where + ": kind: found " + resource.kind() + ", expected UnlearningJob");
        }
        return (Resource<UnlearningJobSpec, UnlearningJobStatus>) resource;
    }

    private static ObjectMapper mapping() {
        JsonMapper.Builder mapping = JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .addModule(ByKind.module())
                .addModule(OneLevel.reading())
                .annotationIntrospector(AnnotationIntrospector.pair(
                        new OneLevel.Writing(),
                        AnnotationIntrospector.pair(new Nullness(), new JacksonAnnotationIntrospector())))
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS);
        // A quantity may be a whole number, as in `nvidia.com/gpu: 1`.
        mapping.withCoercionConfig(
                LogicalType.Textual, it -> it.setCoercion(CoercionInputShape.Integer, CoercionAction.TryConvert));
        return mapping.build();
    }

    private static String oneLine(JsonProcessingException e) {
        String found = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                path(unknown) + ": found an unknown field, expected one of " + known(unknown);
            case JsonMappingException missing
            when found.startsWith("Missing required creator property") ->
                path(missing) + ": found nothing, expected a value";
            case JsonMappingException mapping when !mapping.getPath().isEmpty() -> path(mapping) + ": " + found;
            case JsonParseException parse
            when parse.getLocation() != null ->
                "line " + parse.getLocation().getLineNr() + ", column "
                        + parse.getLocation().getColumnNr() + ": " + found;
            default -> found;
        };
    }

    /** As a person writes it: {@code spec.inputs[1].uri}. */
    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(step -> step.getFieldName() != null ? "." + step.getFieldName() : "[" + step.getIndex() + "]")
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }

    private static String known(UnrecognizedPropertyException e) {
        return e.getKnownPropertyIds().stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
    }
}
