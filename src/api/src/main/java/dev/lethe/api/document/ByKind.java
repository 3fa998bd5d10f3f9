package dev.lethe.api.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Metadata;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Spec;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.StageFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the two documents whose {@code kind} says what their {@code spec} and {@code status} are. */
final class ByKind {
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
            Spec spec = at(context, "spec", read.spec, read.kind.specType());
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
            if (!(at(context, "spec", read.spec, read.kind.specType()) instanceof StageSpec spec)) {
                throw mismatch(context, "kind", "found " + read.kind + ", expected the kind of a stage");
            }
            return new StageFile(read.apiVersion, read.kind, read.name, read.attempt, spec, read.chain);
        }
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
