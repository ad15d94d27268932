"""Where people find the ways to reach the house, and staff how they stand."""

app_name = "channels"
urlpatterns: list[object] = []
