package dev.lethe.worker.report;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Resource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes our records as YAML, in blocks and without what is absent. */
public final class ResourceYaml {
    private static final DumpSettings BLOCKS =
            DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();

    private ResourceYaml() {}

    /** A resource without its status. */
    public static String of(Resource<?, ?> resource) {
        Map<String, Object> document = document(resource);
        document.remove("status");
        return new Dump(BLOCKS).dumpToString(document);
    }

    /** Records by name. */
    public static String of(Map<String, ?> records) {
        return new Dump(BLOCKS).dumpToString(document(records));
    }

    private static Map<String, Object> document(Object record) {
        return Documents.mapper().convertValue(record, new TypeReference<LinkedHashMap<String, Object>>() {});
    }
}
