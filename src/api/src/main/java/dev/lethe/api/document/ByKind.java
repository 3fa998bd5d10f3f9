package dev.lethe.api.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Metadata;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Spec;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.StageFile;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the two documents whose {@code kind} says what their {@code spec} and {@code status} are. */
final class ByKind {
    private static final String EXECUTION = "execution";

    private ByKind() {}

    static SimpleModule module() {
        return new SimpleModule("lethe-kinds")
                .addDeserializer(Resource.class, new ResourceReader())
                .addDeserializer(StageFile.class, new StageFileReader());
    }

    private record ResourceEnvelope(
            String apiVersion, Kind kind, Metadata metadata, JsonNode spec, @Nullable JsonNode status) {}

    private record StageEnvelope(
            String apiVersion, Kind kind, String name, String attempt, JsonNode spec, @Nullable String chain) {}

    @SuppressWarnings("rawtypes") // the type that Jackson looks up is the raw one
    private static final class ResourceReader extends JsonDeserializer<Resource> {
        @Override
        public Resource<?, ?> deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            ResourceEnvelope read = context.readValue(parser, ResourceEnvelope.class);
            expect(context, "apiVersion", read.apiVersion, Resource.API_VERSION);
            Spec spec = spec(context, read.spec, read.kind.specType());
            Object status = read.status == null || read.status.isNull()
                    ? null
                    : at(context, "status", read.status, read.kind.statusType());
            return new Resource<>(read.apiVersion, read.kind, read.metadata, spec, status);
        }
    }

    private static final class StageFileReader extends JsonDeserializer<StageFile> {
        @Override
        public StageFile deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            StageEnvelope read = context.readValue(parser, StageEnvelope.class);
            expect(context, "apiVersion", read.apiVersion, StageFile.API_VERSION);
            if (!(spec(context, read.spec, read.kind.specType()) instanceof StageSpec spec)) {
                throw mismatch(context, "kind", "found " + read.kind + ", expected the kind of a stage");
            }
            return new StageFile(read.apiVersion, read.kind, read.name, read.attempt, spec, read.chain);
        }
    }

    /** A spec's document has one level; its record keeps apart what is of its {@link Execution}. */
    private static Spec spec(DeserializationContext context, JsonNode node, Class<? extends Spec> type)
            throws IOException {
        if (!(node instanceof ObjectNode flat)) {
            return at(context, "spec", node, type);
        }
        var own = fields(type).filter(it -> !it.equals(EXECUTION)).toList();
        var common = fields(Execution.class).toList();
        var nested = flat.objectNode();
        var execution = flat.objectNode();
        for (var field : flat.properties()) {
            if (common.contains(field.getKey())) {
                execution.set(field.getKey(), field.getValue());
            } else if (own.contains(field.getKey())) {
                nested.set(field.getKey(), field.getValue());
            } else {
                throw unknown(context, type, field.getKey(), Stream.concat(own.stream(), common.stream()));
            }
        }
        // Read alone first, so that an error has the path of the document.
        var _ = at(context, "spec", execution, Execution.class);
        nested.set(EXECUTION, execution);
        return at(context, "spec", nested, type);
    }

    private static Stream<String> fields(Class<?> record) {
        return Arrays.stream(record.getRecordComponents()).map(RecordComponent::getName);
    }

    private static JsonMappingException unknown(
            DeserializationContext context, Class<?> type, String field, Stream<String> known) {
        JsonMappingException unknown = UnrecognizedPropertyException.from(
                context.getParser(), type, field, known.collect(Collectors.toList()));
        unknown.prependPath(type, "spec");
        return unknown;
    }

    private static <T> T at(DeserializationContext context, String field, JsonNode node, Class<T> type)
            throws IOException {
        try {
            return context.readTreeAsValue(node, type);
        } catch (JsonMappingException e) {
            e.prependPath(type, field);
            throw e;
        }
    }

    private static void expect(DeserializationContext context, String field, String found, String expected)
            throws JsonMappingException {
        if (!found.equals(expected)) {
            throw mismatch(context, field, "found " + found + ", expected " + expected);
        }
    }

    private static JsonMappingException mismatch(DeserializationContext context, String field, String message) {
        JsonMappingException mismatch = JsonMappingException.from(context, message);
        mismatch.prependPath(Resource.class, field);
        return mismatch;
    }
}
