<#-- Questions and buttons of forms. -->
<#macro question name label kind="text" error="" hint="" value="" more="">
<div class="govuk-form-group<#if error?has_content> govuk-form-group--error</#if>">
<label class="govuk-label" for="${name}">${label}</label>
<#if hint?has_content><div class="govuk-hint" id="${name}-hint">${hint}</div></#if>
<#if error?has_content>
<p class="govuk-error-message" id="${name}-error"><span class="govuk-visually-hidden">${msg("himaya.errorPrefix")}: </span>${kcSanitize(error)?no_esc}</p>
</#if>
<#assign described = (hint?has_content)?then(name + "-hint ", "") + (error?has_content)?then(name + "-error", "")>
<input class="govuk-input govuk-input--width-20<#if error?has_content> govuk-input--error</#if>" id="${name}" name="${name}" type="${kind}" value="${value}" spellcheck="false" autocapitalize="none"<#if described?has_content> aria-describedby="${described?trim}"</#if> ${more?no_esc}>
</div>
</#macro>

<#macro button name label more="" look="">
<button class="govuk-button ${look}" name="${name}" ${more?no_esc}>${label}</button>
</#macro>

<#function wrong names...>
<#list names as name><#if messagesPerField.existsError(name)><#return messagesPerField.get(name)></#if></#list>
<#return "">
</#function>
